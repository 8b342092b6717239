/** Arguments of lists. */
import { builder } from './builder.ts';

/** Of a list that goes one way. */
export const pageArgs = builder.args((t) => ({
  first: t.int({ defaultValue: 50, description: 'How many, 1 to 100.' }),
  after: t.string({ description: 'What comes after this cursor.' }),
}));

/** Of a list that goes both ways. */
export const messageArgs = builder.args((t) => ({
  first: t.int({ description: 'How many, 1 to 100, going forward.' }),
  after: t.string({ description: 'What comes after this cursor.' }),
  last: t.int({ description: 'How many, 1 to 100, going back.' }),
  before: t.string({ description: 'What comes before this cursor.' }),
}));
