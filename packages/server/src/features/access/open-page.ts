/** Sends the browser to the console with its new session; the token must not leak through the Referer header. */
export function openedResponse(setCookie: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location: '/', 'set-cookie': setCookie, ...pageHeaders },
  })
}

/** What a person sees who opens a used or expired link. No script, no style: the strictest policy holds. */
export function linkFailedResponse(): Response {
  return new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>This link no longer works · Ratchet</title>
<h1>This link no longer works</h1>
<p>A console link opens one session and lasts ten minutes. Print a new one on the machine where Ratchet runs:</p>
<pre>npx ratchet open</pre>
<p><a href="/">Open the console</a> if you are already signed in.</p></html>`,
    { status: 410, headers: { 'content-type': 'text/html; charset=utf-8', ...pageHeaders } },
  )
}

const pageHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
