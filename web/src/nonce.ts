/**
 * The page's nonce, by which styles are let in. antd puts it on nearly all of its own; two of its parts (the width of scroll bars, the lock
 * of the page's scrolling) forget it, so each style that a script makes gets it here.
 */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

const create = document.createElement.bind(document);
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = create(name, options);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
};
