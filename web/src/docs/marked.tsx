import { Fragment } from 'react';

/** A text in which backticks mark what is code. */
export function Marked({ text }: { text: string | undefined }) {
  return text?.split('`').map((part, at) =>
    // No part has anything else to be known by.
    at % 2 === 1 ? <code key={at}>{part}</code> : <Fragment key={at}>{part}</Fragment>,
  );
}
