/**
 * The protocol of `graphql-ws` on one socket: who it is, and which operations it has open.
 *
 * The library's own loop keeps a call of several promises for each subscription; here a subscription that flows is one entry of a
 * map, which is what ten thousand quiet ones cost. The words, their checks and the codes are the library's.
 */
import type { ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, MessageType, type SubscribePayload, parseMessage } from 'graphql-ws';

/** What became of an operation: it was refused, it has one result, or it is followed. */
export type Outcome<Follower> =
  { errors: readonly GraphQLError[] } | { result: ExecutionResult } | { follow: (id: string) => Follower };

export type ProtocolOptions<Follower> = {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** `connection_init`: whether the client may go on. */
  admit(params: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** `open` counts this operation. */
  begin(payload: SubscribePayload, open: number): Promise<Outcome<Follower>>;
  stop(follower: Follower): void;
};

export type Protocol<Follower> = {
  /** A message of the client. Rejects where something failed that nobody expected. */
  hear(text: string): Promise<void>;
  /** Whether it has said `connection_init`. */
  isGreeted(): boolean;
  /** What is followed now; null where an operation has not begun or has one result. */
  operations(): IteratorObject<Follower | null>;
  /** The operation is over, by an error of the gateway's. */
  fail(id: string, errors: readonly GraphQLError[]): void;
  /** The socket has closed: stops everything. */
  end(): void;
};

export function speak<Follower extends object>(options: ProtocolOptions<Follower>): Protocol<Follower> {
  const { send, close, admit, begin, stop } = options;
  /** By the client's ids. What has not begun yet is a mark of its own, so that a later one of the same id is not taken for it. */
  const open = new Map<string, { begun: Follower | null }>();
  let greeted = false;
  let acknowledged = false;

  async function greet(params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (greeted) return close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    greeted = true;
    if (!(await admit(params))) return close(CloseCode.Forbidden, 'Forbidden');
    acknowledged = true;
    send(JSON.stringify({ type: MessageType.ConnectionAck }));
  }

  async function subscribe(id: string, payload: SubscribePayload): Promise<void> {
    if (!acknowledged) return close(CloseCode.Unauthorized, 'Unauthorized');
    if (open.has(id)) return close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    const operation: { begun: Follower | null } = { begun: null };
    open.set(id, operation);
    try {
      const outcome = await begin(payload, open.size);
      // Its client may have completed it meanwhile, or be gone.
      if (open.get(id) !== operation) return;
      if ('follow' in outcome) {
        operation.begun = outcome.follow(id);
        return;
      }
      open.delete(id);
      if ('errors' in outcome) return send(JSON.stringify({ id, type: MessageType.Error, payload: outcome.errors }));
      send(JSON.stringify({ id, type: MessageType.Next, payload: outcome.result }));
      send(JSON.stringify({ id, type: MessageType.Complete }));
    } catch (error) {
      if (open.get(id) === operation) open.delete(id);
      throw error;
    }
  }

  function complete(id: string): void {
    const operation = open.get(id);
    open.delete(id);
    if (operation?.begun) stop(operation.begun);
  }

  return {
    async hear(text) {
      let message;
      try {
        message = parseMessage(text);
      } catch {
        return close(CloseCode.BadRequest, 'Invalid message received');
      }
      if (message.type === MessageType.ConnectionInit) return greet(message.payload);
      if (message.type === MessageType.Subscribe) return subscribe(message.id, message.payload);
      if (message.type === MessageType.Complete) return complete(message.id);
      if (message.type === MessageType.Ping) {
        return send(JSON.stringify({ type: MessageType.Pong, payload: message.payload ?? undefined }));
      }
      if (message.type !== MessageType.Pong) close(CloseCode.BadRequest, 'Invalid message received');
    },
    isGreeted: () => greeted,
    operations: () => open.values().map(({ begun }) => begun),
    fail(id, errors) {
      if (open.delete(id)) send(JSON.stringify({ id, type: MessageType.Error, payload: errors }));
    },
    end() {
      for (const id of open.keys()) complete(id);
    },
  };
}
