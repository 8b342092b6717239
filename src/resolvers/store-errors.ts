import { type Queries, type Store, StoreError } from '../db/store.ts';
import { GatewayError } from './errors.ts';

/** The store with its expected failures as what every face can show: NOT_FOUND, CONFLICT, and UNAVAILABLE (a full disk). */
export function withGatewayErrors(store: Store): Store {
  return { ...translated(store), queries: translated(store.queries), rung: store.rung };
}

function translated<Functions extends Store | Queries>(functions: Functions): Functions {
  return Object.fromEntries(
    Object.entries(functions).map(([name, member]) => [
      name,
      typeof member === 'function' ? translate(member) : member,
    ]),
  ) as unknown as Functions;
}

function translate(call: (...args: never[]) => unknown): (...args: never[]) => Promise<unknown> {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new GatewayError(error.code, error.message, {
        cause: error,
        ...(error.code === 'UNAVAILABLE' ? { retryable: true } : {}),
      });
    }
  };
}
