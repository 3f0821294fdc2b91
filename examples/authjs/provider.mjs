// An OpenID provider on this machine, in Auth0's place: oidc-provider, which is certified.
// Access tokens are JWTs for the API, with the name of the provider's session in them ("sid").
import { exportJWK, generateKeyPair, jwtVerify } from "jose";
import { Provider } from "oidc-provider";
import { listening, required } from "./settings.mjs";

const issuer = required("ISSUER");
const app = required("APP_URL");
const api = required("API_AUDIENCE");
const backChannelLogout = process.env.BACK_CHANNEL_LOGOUT_URL;

const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
const key = { ...(await exportJWK(privateKey)), kid: "provider-key", alg: "RS256", use: "sig" };

// The page that asks whether to sign out asks by itself here: who comes with an ID token means it.
const logoutSource = (ctx, form) => {
  ctx.body = `<!doctype html><title>Sign out</title>${form}
    <script>const yes = document.createElement("input");
    Object.assign(yes, { type: "hidden", name: "logout", value: "yes" });
    document.forms[0].append(yes); document.forms[0].submit();</script>`;
};

const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  cookies: { keys: [crypto.randomUUID()] },
  clients: [
    {
      client_id: required("CLIENT_ID"),
      client_secret: required("CLIENT_SECRET"),
      redirect_uris: [`${app}/auth/callback/provider`],
      post_logout_redirect_uris: [`${app}/`],
      grant_types: ["authorization_code", "refresh_token"],
      ...(backChannelLogout && {
        backchannel_logout_uri: backChannelLogout,
        backchannel_logout_session_required: true,
      }),
    },
  ],
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile", "orders:read"],
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
  // As Cognito does it: a refresh token for whoever signs in, without asking again each time.
  issueRefreshToken: () => true,
  // Tokens live for an hour, sign-outs or not: what the authorizer is for.
  ttl: { AccessToken: 3600, Session: 86_400, Grant: 86_400, Interaction: 600, IdToken: 3600 },
  features: {
    backchannelLogout: { enabled: Boolean(backChannelLogout) },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => api,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        audience: api,
        scope: "orders:read",
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  async extraTokenClaims(_ctx, token) {
    const session = token.sessionUid && (await provider.Session.findByUid(token.sessionUid));
    if (!session) return undefined;
    const sid = session.sidFor(token.clientId);
    sessionUids.set(sid, token.sessionUid);
    return { sid, auth_time: session.authTime() };
  },
  // The receiver of logout tokens is on this machine, where requests of a provider's must not
  // otherwise go: its own guard against that is left out.
  fetch: (address, { dispatcher: _guard, ...options }) => fetch(address, options),
});

// oidc-provider introspects opaque tokens only. Others answer for JWTs as well, by the session that
// the token names, and so does this: whether the session lives is still oidc-provider's to say.
const sessionUids = new Map();
provider.use(async (ctx, next) => {
  await next();
  if (ctx.oidc?.route !== "introspection" || ctx.body?.error !== "unsupported_token_type") return;
  ctx.status = 200;
  ctx.body = await introspected(ctx.oidc.params.token);
});

async function introspected(token) {
  try {
    const { payload } = await jwtVerify(token, publicKey, { issuer, audience: api });
    const session = await provider.Session.findByUid(sessionUids.get(payload.sid));
    return session?.accountId === payload.sub ? { active: true, ...payload } : { active: false };
  } catch {
    return { active: false };
  }
}

provider.listen(listening(issuer), () => console.log(`provider ${issuer}`));
