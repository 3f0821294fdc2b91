// The app's pages, as plain as they can be.

const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export function page(title, ...parts) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<body><h1>${escaped(title)}</h1>${parts.join("\n")}</body></html>`;
}

export const line = (id, text) => `<p id="${id}">${escaped(text)}</p>`;

export const link = (href, text) => `<p><a href="${href}">${escaped(text)}</a></p>`;

// The last part of a page: what it does by itself, or its buttons do.
export const script = (name) => `<script type="module" src="/${name}"></script>`;

export const signInForm = (action, callbackUrl) => `<form id="sign-in" method="post" action="${escaped(action)}">
<input type="hidden" name="csrfToken"><input type="hidden" name="callbackUrl" value="${escaped(callbackUrl)}"></form>
${script("sign-in.js")}`;

export const button = (id, text) => `<button id="${id}" type="button">${escaped(text)}</button>`;
