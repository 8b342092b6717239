/** Bodies of the panel's API: JSON, or the form that old scripts post. */
import { readJsonBody, readText } from '../../http/body.ts';
import { badInput } from '../../resolvers/errors.ts';
import { type Fields, readFields } from './fields.ts';

const listFields = new Set(['targets', 'to', 'account_ids']);
/** Ids have no commas; receivers may be names that have. */
const commaFields = new Set(['targets', 'account_ids']);
const wholeFields = new Set(['wait_ms']);

/**
 * The fields of a raw body. JSON is expected whatever the content type says, for `curl -d` calls a form whatever it is given;
 * a form counts where the type says so and the text is no JSON object. BAD_INPUT for what is neither.
 */
export function readBody(contentType: string | undefined, body: unknown): Fields {
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? '');
  if (isForm && !/^\s*[[{]/.test(readText(body))) return readFields(readForm(readText(body)));
  return readFields(readJsonBody(body));
}

/** `targets=00001,00002` or `targets=00001&targets=00002`, `account_ids` alike; `to` is repeated; an object has no form. */
function readForm(text: string): Record<string, unknown> {
  const form = new URLSearchParams(text);
  const fields: [string, unknown][] = [];
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name);
    if (values.some((value) => value.includes('\uFFFD')) && !/\uFFFD|%ef%bf%bd/i.test(text)) {
      throw badInput(name, `${name} is not UTF-8.`);
    }
    fields.push([name, formValue(name, values)]);
  }
  return Object.fromEntries(fields);
}

function formValue(name: string, values: string[]): unknown {
  if (listFields.has(name)) {
    const items = commaFields.has(name) ? values.flatMap((value) => value.split(',')) : values;
    return items.map((item) => item.trim()).filter((item) => item !== '');
  }
  const [value = ''] = values;
  if (values.length > 1) throw badInput(name, `${name} is given more than once.`);
  return wholeFields.has(name) && /^-?\d+$/.test(value) ? Number(value) : value;
}
