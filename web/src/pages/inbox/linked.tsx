import type { ReactNode } from 'react';

const address = /https?:\/\/[^\s<>"'“”‘’（）()，。；！？、]+/gi;

/** Text as it is, with its web addresses as links. */
export function Linked({ text }: { text: string }) {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(address)) {
    parts.push(text.slice(from, found.index));
    parts.push(
      <Outside key={found.index} href={found[0]}>
        {found[0]}
      </Outside>,
    );
    from = found.index + found[0].length;
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  );
}

/** A link out of the panel. Whoever wrote its address is a stranger: it is http(s) or no link. */
export function Outside({ href, children }: { href: string; children: ReactNode }) {
  const isWeb = URL.canParse(href) && /^https?:$/.test(new URL(href).protocol);
  if (!isWeb) return children;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
