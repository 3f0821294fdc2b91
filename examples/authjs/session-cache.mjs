// Sessions kept in memory, as apps keep them in Redis: so that not each page looks them up.
import { createHash } from "node:crypto";

const LIFE_MS = 300_000;

const keyOf = (cookie) => createHash("sha256").update(cookie).digest("hex");

// The mistake: whatever is in the cache is answered, and nobody asks whether it still holds. A
// user who has left stays signed in for as long as the entry lives.
export function mistakenSessions(now = Date.now) {
  const cache = new Map();
  return async (cookie, load) => {
    const key = keyOf(cookie);
    const held = await keep(cache, key, load, now);
    return held ? { status: 200, name: held.session.name } : { status: 401 };
  };
}

// Truth before cache: what is kept saves the work of loading, and never the question whether the
// session lives. The API is asked, whose authorizer knows. An outage is no sign-out, and no
// sign-in either.
export function rightSessions(statusOf, now = Date.now) {
  const cache = new Map();
  return async (cookie, load) => {
    const key = keyOf(cookie);
    const held = await keep(cache, key, load, now);
    if (!held) return { status: 401 };
    const status = await statusOf(held.session.tokens);
    if (status === 200) return { status, name: held.session.name };
    if (status !== 401) return { status: 503 };
    cache.delete(key);
    return { status };
  };
}

async function keep(cache, key, load, now) {
  const held = cache.get(key);
  if (held && held.until > now()) return held;
  const session = await load();
  if (!session) return undefined;
  const fresh = { session, until: now() + LIFE_MS };
  cache.set(key, fresh);
  return fresh;
}
