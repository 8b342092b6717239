import type { Developer } from './answers.ts';

/** The pictures of somebody, large and small. */
export function pictures({ baseUrl }: Pick<Developer, 'baseUrl'>, wxid: string): { big: string; small: string } {
  const at = `${baseUrl()}/mmhead/${wxid}`;
  return { big: `${at}/0`, small: `${at}/132` };
}
