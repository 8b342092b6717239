/** `npm run schema`: writes schema.graphql, sorted. */
import { writeFileSync } from 'node:fs';
import { printedSchema } from './printed.ts';

writeFileSync(new URL('../../schema.graphql', import.meta.url), printedSchema());
