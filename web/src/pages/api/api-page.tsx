/** What programs may do: documentation, an editor, what happens just now, and what to copy. */
import { lazy } from 'react';
import { Sections } from '../../parts/sections.tsx';
import { useCommon } from '../../words/common.ts';
import { Callbacks } from './callbacks.tsx';
import { GraphiQL } from './graphiql.tsx';
import { Operations } from './operations.tsx';
import { useApiWords } from './words.ts';
import './api.css';

const Rest = lazy(async () => ({ default: (await import('../../docs/rest-docs.tsx')).RestDocs }));
const Monitor = lazy(async () => ({ default: (await import('./monitor.tsx')).Monitor }));

const sections = [
  { name: 'rest', Content: Rest },
  { name: 'graphiql', Content: GraphiQL },
  { name: 'events', Content: Monitor },
  { name: 'operations', Content: Operations },
  { name: 'callbacks', Content: Callbacks },
] as const;

export default function ApiPage() {
  const { tabs } = useApiWords();
  return <Sections label={useCommon().pages.api} sections={sections} titles={tabs} initial="rest" />;
}
