/** Reading query parameters: each at most once, empty ones as if left out. */
import { badInput } from '../../resolvers/errors.ts';

export type Query = {
  text(name: string): string | null;
  whole(name: string, range: { initial: number; min: number; max: number }): number;
  /** `true` or `1`, as Python writes it too; absent is false. */
  flag(name: string): boolean;
};

const flags: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/** The query of a request's address. Its readers throw BAD_INPUT that names the parameter. */
export function readQuery(url: string): Query {
  const at = url.indexOf('?');
  const given = new URLSearchParams(at < 0 ? '' : url.slice(at));

  const query: Query = {
    text(name) {
      const values = given.getAll(name);
      if (values.length > 1) throw badInput(name, `${name} is given more than once.`);
      return values[0] || null;
    },
    whole(name, { initial, min, max }) {
      const value = query.text(name);
      if (value === null) return initial;
      const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      throw badInput(name, `${name} must be a whole number from ${min} to ${max}.`);
    },
    flag(name) {
      const value = query.text(name);
      if (value === null) return false;
      const flag = Object.hasOwn(flags, value.toLowerCase()) ? flags[value.toLowerCase()] : undefined;
      if (flag === undefined) throw badInput(name, `${name} must be true, 1, false or 0.`);
      return flag;
    },
  };
  return query;
}
