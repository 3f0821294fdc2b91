// Sessions kept in memory, as apps keep them in Redis: so that not each page looks them up.
import { createHash } from "node:crypto";

const LIFE_MS = 300_000;

const keyOf = (cookie) => createHash("sha256").update(cookie).digest("hex");

// The mistake: whatever is in the cache is answered, and nobody asks whether it still holds. A
// user who has left stays signed in for as long as the entry lives.
export function mistakenSessions(now = Date.now) {
  const cache = new Map();
  return async (cookie, load) => {
    const held = cache.get(keyOf(cookie));
    if (held && held.until > now()) return held.session.name;
    const session = await load();
    if (session) cache.set(keyOf(cookie), { session, until: now() + LIFE_MS });
    return session?.name;
  };
}

// Truth before cache: what is kept saves the work of loading, and never the question whether the
// session lives. The API is asked, whose authorizer knows.
export function rightSessions(statusOf, now = Date.now) {
  const cache = new Map();
  return async (cookie, load) => {
    const key = keyOf(cookie);
    let held = cache.get(key);
    if (!held || held.until <= now()) {
      const session = await load();
      if (!session) return undefined;
      held = { session, until: now() + LIFE_MS };
      cache.set(key, held);
    }
    const status = await statusOf(held.session.tokens);
    if (status === 401) cache.delete(key);
    // An outage is no sign-out, and no sign-in either: this page is not shown meanwhile.
    return status === 200 ? held.session.name : undefined;
  };
}
