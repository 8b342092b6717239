/** What every action of the control API is given, and how it finds whom it is about. */
import type { DrivenAccount } from '../driven-account.ts';
import type { Simulator } from '../simulator.ts';

/** What is wrong with a request. */
export class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type ControlInput = {
  /** The account that the path names by its number or wxid. Throws where there is none. */
  account: () => DrivenAccount;
  /** The parsed body; undefined without one. */
  body: unknown;
  /** Behind `/control`. */
  path: readonly string[];
};

/** Answers what is sent back as JSON; undefined: that it is done. */
export type Action = (simulator: Simulator, input: ControlInput) => unknown;

/** Actions by method and path; `*` stands for the second part of the path. */
export type Actions = Readonly<Record<string, Action>>;

/** Somebody by wxid or name. */
export function personOf(simulator: Simulator, text: string): string {
  return find(simulator.world.people, text) ?? notFound(`nobody is called ${text}`);
}

/** A chat room by id or name. */
export function roomOf(simulator: Simulator, text: string): string {
  return find(simulator.world.rooms, text) ?? notFound(`no chat room is called ${text}`);
}

/** A person or a chat room. */
export function someoneOf(simulator: Simulator, text: string): string {
  const { people, rooms } = simulator.world;
  return people.has(text) ? text : (find(rooms, text) ?? personOf(simulator, text));
}

function find(all: ReadonlyMap<string, { wxid: string; name: string }>, text: string): string | undefined {
  return all.has(text) ? text : [...all.values()].find(({ name }) => name === text)?.wxid;
}

function notFound(message: string): never {
  throw new ControlError(404, message);
}
