/** What the sealed columns of an account are bound to, so that one account's secret cannot be put in another's place. */

export const callbackContext = (callbackHash: string): string => `callback:${callbackHash}`;
export const connectionContext = (callbackHash: string): string => `connection:${callbackHash}`;
