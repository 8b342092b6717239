import type { introspection } from '../../graphql-env.d.ts';
import { useMay } from '../../parts/viewer.ts';
import { useContactsWords } from './words.ts';

type Capability = introspection['types']['Capability']['enumValues'];

/** Why the viewer cannot have an account do this; null: they can. */
export function useWhyNot(capability: Capability, capabilities: readonly Capability[]): string | null {
  const text = useContactsWords();
  const maySend = useMay('SEND');
  if (!maySend) return text.mayNot;
  return capabilities.includes(capability) ? null : text.cannot;
}
