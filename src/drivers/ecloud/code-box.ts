/** Where a login and the one who enters its verification code meet. */
import { DriverError } from '../driver.ts';

export type CodeBox = {
  /** From now until `close` a code can be entered. */
  open(): void;
  close(): void;
  /** The code that was entered last and not yet taken; null without one. */
  take(): string | null;
  /** Aborts as soon as there is a code to take. */
  entered(): AbortSignal;
  /** Throws NOT_FOUND where no login waits. */
  enter(code: string): void;
};

export function codeBox(): CodeBox {
  let isOpen = false;
  let code: string | null = null;
  let arrival = new AbortController();
  const empty = (): void => {
    code = null;
    arrival = new AbortController();
  };
  return {
    open() {
      empty();
      isOpen = true;
    },
    close() {
      empty();
      isOpen = false;
    },
    take() {
      const taken = code;
      if (taken !== null) empty();
      return taken;
    },
    entered: () => arrival.signal,
    enter(given) {
      if (!isOpen) throw new DriverError('NOT_FOUND', 'no login waits for a code', { certain: true, retry: false });
      code = given;
      arrival.abort();
    },
  };
}
