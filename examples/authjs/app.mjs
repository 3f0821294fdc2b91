// A web app that signs in with Auth.js and calls an API behind the session authorizer.
import { readFile } from "node:fs/promises";
import { ExpressAuth, getSession } from "@auth/express";
import { getToken } from "@auth/core/jwt";
import express from "express";
import { button, line, link, page, script, signInForm } from "./pages.mjs";
import { mistakenSessions, rightSessions } from "./session-cache.mjs";
import { listening, required } from "./settings.mjs";

const app = express();
const url = new URL(required("APP_URL"));
const api = required("API_URL");
const signOutUrl = required("SIGN_OUT_URL");
const secret = required("AUTH_SECRET");

const auth = {
  secret,
  trustHost: true,
  providers: [
    {
      id: "provider",
      name: "Provider",
      type: "oidc",
      issuer: required("ISSUER"),
      clientId: required("CLIENT_ID"),
      clientSecret: required("CLIENT_SECRET"),
      authorization: { params: { scope: "openid profile orders:read" } },
      checks: ["pkce", "state"],
    },
  ],
  callbacks: {
    // Tokens stay in the app's encrypted cookie: the browser's scripts never see them.
    jwt: ({ token, account }) =>
      account
        ? {
            ...token,
            accessToken: account.access_token,
            refreshToken: account.refresh_token,
            idToken: account.id_token,
          }
        : token,
  },
};
app.use("/auth", ExpressAuth(auth));

const tokensOf = (request) =>
  getToken({
    req: { headers: new Headers(request.headers) },
    secret,
    secureCookie: url.protocol === "https:",
  });

async function callApi(accessToken) {
  const answer = await fetch(api, { headers: { Authorization: `Bearer ${accessToken}` } });
  return answer.status;
}

app.get("/", async (request, response) => {
  const session = await getSession(request, auth);
  const who = session ? `signed in as ${session.user?.name}` : "not signed in";
  response.send(page("Home", line("who", who), link("/dashboard", "Dashboard")));
});

app.get("/dashboard", async (request, response) => {
  response.set("Cache-Control", "no-store");
  const session = await getSession(request, auth);
  if (!session) return response.redirect("/sign-in");
  const { accessToken } = await tokensOf(request);
  const status = await callApi(accessToken);
  response.send(
    page(
      "Dashboard",
      line("who", `signed in as ${session.user?.name}`),
      line("api", `the API answers ${status}`),
      button("sign-out-of-app", "Sign out of this app only"),
      button("sign-out", "Sign out"),
      script("sign-out.js"),
    ),
  );
});

app.get("/sign-in", (_request, response) => {
  response.set("Cache-Control", "no-store");
  response.send(page("Signing in", signInForm("/auth/signin/provider", `${url.origin}/dashboard`)));
});

// Called by the app's own page. The tokens are in a cookie, so another site must not cause it.
app.post("/end-session", async (request, response) => {
  if (request.headers.origin !== url.origin) return response.status(403).end();
  const tokens = await tokensOf(request);
  if (!tokens) return response.json({ logout_url: null });
  const answer = await fetch(signOutUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${tokens.accessToken}` },
    body: JSON.stringify({ refresh_token: tokens.refreshToken, return_to: `${url.origin}/` }),
  });
  if (!answer.ok) return response.status(503).end();
  const { logout_url: logoutUrl } = await answer.json();
  response.json({ logout_url: logoutUrl && withHint(logoutUrl, tokens.idToken) });
});

// An OpenID provider wants to know whose session ends; Cognito takes its client's name alone.
function withHint(logoutUrl, idToken) {
  const address = new URL(logoutUrl);
  if (idToken) address.searchParams.set("id_token_hint", idToken);
  return address.href;
}

// One page, twice: a cache of sessions that answers before anybody looks, and one that does not.
for (const [path, sessions] of [
  ["/profile-mistaken", mistakenSessions()],
  ["/profile", rightSessions((tokens) => callApi(tokens.accessToken))],
]) {
  app.get(path, async (request, response) => {
    response.set("Cache-Control", "no-store");
    const { status, name } = await sessions(request.headers.cookie ?? "", async () => {
      const tokens = await tokensOf(request);
      return tokens && { name: tokens.name, tokens };
    });
    const words = { 200: name, 401: "not signed in", 503: "not known now" };
    response.status(status).send(page("Profile", line("who", words[status])));
  });
}

for (const name of ["sign-in.js", "sign-out.js"]) {
  const text = await readFile(new URL(name, import.meta.url));
  app.get(`/${name}`, (_request, response) => response.type("js").send(text));
}

app.listen(listening(url), () => console.log(`app ${url.origin}`));
