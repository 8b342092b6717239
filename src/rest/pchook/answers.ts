/**
 * What calls answer that do something.
 *
 * Clients look for "1" under the call's own name, or under `success`: they get both. In the place of "1" a refusal has "0" and says
 * why in `error` and `msg`; what may have been done all the same is neither, so that nobody does it again by itself.
 */

/** What stands in the place of an outcome that nobody knows. */
export const unknownOutcome = '发送结果未知,请勿重发';

/** What it was asked for was done, or will be. */
export function done(name: string, more: object = {}): object {
  return { [name]: '1', success: '1', ...more };
}

/** Certainly not done. */
export function refused(name: string, words: string, more: object = {}): object {
  return { [name]: '0', success: '0', ...more, error: words, msg: words };
}

/** Nobody knows. */
export function unknown(name: string, words: string, more: object = {}): object {
  return { [name]: unknownOutcome, success: unknownOutcome, ...more, error: unknownOutcome, msg: words };
}
