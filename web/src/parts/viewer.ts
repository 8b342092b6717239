/** Who looks, for the components: what may not be done is not offered. */
import { createContext, use } from 'react';
import type { Viewer } from '../session.ts';

export const ViewerContext = createContext<Viewer | null>(null);

export function useViewer(): Viewer {
  const viewer = use(ViewerContext);
  if (viewer === null) throw new Error('Nobody is signed in here.');
  return viewer;
}

const rank = { READ: 0, SEND: 1, ADMIN: 2 } as const;

/** Whether the viewer has this scope. */
export function useMay(scope: keyof typeof rank): boolean {
  return rank[useViewer().scope] >= rank[scope];
}
