import type { Migration } from 'kysely/migration';
import { up as init } from './001-init.ts';
import { up as rest } from './002-rest.ts';
import { up as media } from './003-media.ts';
import { up as earlyRevoke } from './004-early-revoke.ts';
import { up as evidence } from './005-evidence.ts';
import { up as uploads } from './008-uploads.ts';
import { up as terms } from './009-terms.ts';
import { up as oneIndexOfIds } from './010-one-index-of-ids.ts';
import { up as webhooks } from './011-webhooks.ts';
import { up as hookDialect } from './012-hook-dialect.ts';
import { up as readers } from './013-readers.ts';
import { up as tokenSession } from './014-token-session.ts';
import { up as textOnce } from './015-text-once.ts';

/** In order; appended to and never edited, since databases of every earlier version must arrive at the same schema. */
export const migrations: Record<string, Migration> = {
  '001-init': { up: init },
  '002-rest': { up: rest },
  '003-media': { up: media },
  '004-early-revoke': { up: earlyRevoke },
  '005-evidence': { up: evidence },
  '008-uploads': { up: uploads },
  '009-terms': { up: terms },
  '010-one-index-of-ids': { up: oneIndexOfIds },
  '011-webhooks': { up: webhooks },
  '012-hook-dialect': { up: hookDialect },
  '013-readers': { up: readers },
  '014-token-session': { up: tokenSession },
  '015-text-once': { up: textOnce },
};
