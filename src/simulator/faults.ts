/** What can be made to go wrong, and the list of what is wrong now. */

/** Faults of callbacks. */
type CallbackFault =
  /** Posts each callback `copies` more times. */
  | { type: 'repeat'; copies?: number }
  /** Posts each callback so much later. */
  | { type: 'delay'; ms: number }
  /** Holds callbacks until `size` are together, then posts them last first. */
  | { type: 'reorder'; size?: number }
  /** Loses callbacks, as when nothing listens at post_api. */
  | { type: 'drop' };

/** Faults of sends. */
type SendFault =
  /** WeChat refuses: with `tries`, only the first so many of the client's tries. */
  | { type: 'refuse'; ret?: number; text?: string; tries?: number; to?: string }
  /** The message goes out and the caller is left without an answer; the connection closes after `ms`. */
  | { type: 'timeout-after-send'; ms?: number }
  /** Nothing goes out and the caller is left without an answer. */
  | { type: 'timeout-before-send'; ms?: number }
  | { type: 'reset-after-send' }
  | { type: 'reset-before-send' };

/** Faults of any request; `route` narrows them to routes that end with it. */
type RequestFault =
  /** The connection is reset, nothing is done. */
  | { type: 'reset'; route?: string }
  /** Done, but the answer is a page, of HTTP 200 unless told otherwise. */
  | { type: 'garbage'; route?: string; status?: number }
  /** A page of HTTP 500, unless told otherwise; nothing is done. */
  | { type: 'error'; route?: string; status?: number }
  /** Done at once, answered late. */
  | { type: 'slow'; route?: string; ms: number }
  /** Done and answered at once, but the answer comes in small pieces over so long. */
  | { type: 'drip'; route?: string; ms: number }
  /** Neither done nor answered. */
  | { type: 'hang'; route?: string };

/** Faults of a client. */
type ClientFault =
  /** Running, answering, but deaf: what happens is told when the fault is over. */
  | { type: 'silence' }
  /** WeChat logs the account out, once; the client asks for a new scan, or stops. */
  | { type: 'logout'; next?: 'scan' | 'stop' }
  /** The process is gone, without a word. */
  | { type: 'die' };

export type Fault = (CallbackFault | SendFault | RequestFault | ClientFault) & {
  /** The account it is for, by its number from 1 or its wxid; absent: all. */
  account?: number | string;
  /** How often it strikes; absent: until it is cleared. */
  times?: number;
};

type FaultType = Fault['type'];
type FaultOf<T extends FaultType> = Extract<Fault, { type: T }>;

export type FaultHandle = { readonly id: number; readonly fault: Fault; clear(): void };

export type Faults = {
  /** What is wrong now. */
  list(): FaultHandle[];
  add(fault: Fault): FaultHandle;
  clear(id?: number): void;
  /** The oldest fault of a type that fits, without counting it. */
  find<T extends FaultType>(
    type: T,
    account: AccountName,
    fits?: (fault: FaultOf<T>) => boolean,
  ): FaultOf<T> | undefined;
  /** The same, counted: a fault with `times` is gone after so many. */
  take<T extends FaultType>(
    type: T,
    account: AccountName,
    fits?: (fault: FaultOf<T>) => boolean,
  ): FaultOf<T> | undefined;
};

/** How faults name an account. */
export type AccountName = { number: number; wxid: string };

/** A list without faults. `changed` is called after each change. */
export function createFaults(changed: () => void): Faults {
  let handles: (FaultHandle & { left: number })[] = [];
  let nextId = 1;
  const remove = (id: number): void => {
    const before = handles.length;
    handles = handles.filter((handle) => handle.id !== id);
    if (handles.length !== before) changed();
  };
  const search = <T extends FaultType>(
    type: T,
    account: AccountName,
    fits: (fault: FaultOf<T>) => boolean,
  ): (FaultHandle & { left: number }) | undefined =>
    handles.find(({ fault }) => {
      const named = fault.account === undefined || fault.account === account.number || fault.account === account.wxid;
      return named && fault.type === type && fits(fault as FaultOf<T>);
    });
  return {
    list: () => [...handles],
    add(fault) {
      const id = nextId++;
      const handle = { id, fault, left: fault.times ?? Infinity, clear: () => remove(id) };
      handles.push(handle);
      changed();
      return handle;
    },
    clear(id) {
      if (id === undefined) {
        handles = [];
        changed();
      } else {
        remove(id);
      }
    },
    find: (type, account, fits = () => true) => search(type, account, fits)?.fault as FaultOf<typeof type> | undefined,
    take(type, account, fits = () => true) {
      const handle = search(type, account, fits);
      if (handle === undefined) return undefined;
      handle.left -= 1;
      if (handle.left <= 0) remove(handle.id);
      return handle.fault as FaultOf<typeof type>;
    },
  };
}
