/** The few pages that the gateway itself shows, beside GraphiQL and the panel. */

export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function page(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>${head}
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #222; background: #fff }
code { background: #eee; padding: .1em .3em; border-radius: 3px }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } code { background: #333 } a { color: #8bf } }
</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}

export const spentPage = page(
  'This link does not sign in',
  `<p>It was used already, or it is too old: each link works once.</p>
<p>Start the gateway again: it prints a new link. Or call the API with a token, in the header
<code>Authorization: Bearer …</code>.</p>`,
);

export const busyPage = page(
  'Too many tries',
  '<p>Too many links from this address did not work. Try again in a minute.</p>',
);

export const signedOutPage = page(
  'wxgraph: not signed in',
  `<p><a href="/">Sign in at the panel</a>, or open the link that the gateway printed when it started: it signs this browser in, once.</p>
<p>Or <a href="/graphql?editor">open the editor</a> and put a token into its <b>Headers</b> tab:
<code>{"Authorization": "Bearer …"}</code>. Queries and mutations work so; subscriptions in the editor need to be signed in.</p>
<p>Programs post to this address: <code>Content-Type: application/json</code>, with a token in the header
<code>Authorization</code>.</p>`,
);

/** After a link that another site's page led to: the browser keeps the new cookie back until a page of our own goes on. */
export const signedInPage = page(
  'Signed in',
  '<p><a href="/">Go on</a></p>',
  '\n<meta http-equiv="refresh" content="0; url=/">',
);
