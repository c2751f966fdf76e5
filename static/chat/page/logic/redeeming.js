/** Posts to the API that somebody comes by an invitation. Resolves with the response. */
export function redeem(code, body, headers) {
  return fetch(`/api/v1/invitations/${encodeURIComponent(code)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Returns the header that says which guest asks. */
export function asGuest({ token }) {
  return { Authorization: `Bearer ${token}` };
}
