/** How a send ended, in the words of the panel's API. */
import type { SendLog } from '../../resolvers/shapes.ts';

/** `queued`, `sent`, `failed`, … */
export function showStatus(line: SendLog): string {
  return line.status.toLowerCase();
}

/** Why a line was not sent: null where it was or still may be, a word of its own where nobody knows. */
export function showError(line: SendLog): string | null {
  if (line.status === 'UNKNOWN' || line.status === 'UNRESOLVED') return 'SEND_OUTCOME_UNKNOWN';
  if (line.status !== 'FAILED' || line.errorCode === null) return null;
  return line.errorMessage ? `${line.errorCode}: ${line.errorMessage}` : line.errorCode;
}
