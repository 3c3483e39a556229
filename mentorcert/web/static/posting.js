/** What scripts send to our own server: with the cookie, and the token that shows that a page of ours asks. */

/** The token of this page, for the header X-CSRFToken. */
export function token() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

/** POST; the answer is JSON. `more` goes to fetch: keepalive for a page that is being left. */
export function post(url, body, more = {}) {
  return fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, credentials: "same-origin", ...more });
}
