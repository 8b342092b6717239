import { useApiWords } from './words.ts';

/** The gateway's own editor: its frame has the session of this page, and its own, looser rules for styles. */
export function GraphiQL() {
  const text = useApiWords();
  return (
    <div className="api-fill">
      <div className="row">
        <span className="grow dim">{text.graphiql.about}</span>
        <a href="/graphql" target="_blank" rel="noopener noreferrer">
          {text.graphiql.open}
        </a>
      </div>
      <iframe className="graphiql" src="/graphql" title="GraphiQL" />
    </div>
  );
}
