// Runs in the browser. Two ways out: the one that looks right, and the one that is.
const csrfToken = async () => (await (await fetch("/auth/csrf")).json()).csrfToken;

// Auth.js's own sign-out without a redirect: its cookie goes, and nothing else does.
async function forgetInThisApp() {
  const answer = await fetch("/auth/signout", {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Auth-Return-Redirect": "1" },
    body: new URLSearchParams({ csrfToken: await csrfToken() }),
  });
  return answer.ok;
}

function tryAgain() {
  document.getElementById("sign-out").textContent = "Not signed out yet: try again";
}

document.getElementById("sign-out-of-app")?.addEventListener("click", async () => {
  if (await forgetInThisApp()) location.href = "/";
});

// The session is ended where the API looks (the app's server calls POST /sign-out while it still
// has the tokens), then in this app, then at the provider, whose cookie would sign in again.
document.getElementById("sign-out")?.addEventListener("click", async () => {
  const answer = await fetch("/end-session", {
    method: "POST",
    headers: { "X-CSRF-Token": await csrfToken() },
  });
  if (!answer.ok) return tryAgain();
  const { logout_url: logoutUrl } = await answer.json();
  if (!(await forgetInThisApp())) return tryAgain();
  location.href = logoutUrl ?? "/";
});
