import type { Field, Schema } from './document.ts';
import { Marked } from './marked.tsx';
import { useDocsWords } from './words.ts';

type Props = {
  title: string;
  fields: readonly (Field & { where?: string })[];
  /** Of an answer: there it is the missing ones that are worth a word. */
  isAnswer?: boolean;
};

/** Parameters or fields: their names, types, and what they mean. */
export function Fields({ title, fields, isAnswer = false }: Props) {
  const text = useDocsWords();
  if (fields.length === 0) return null;
  return (
    <div className="fields" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{text.name}</th>
            <th scope="col">{text.type}</th>
            <th scope="col">{text.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, type, isRequired, schema, where }) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
                {isRequired && !isAnswer && <span className="needed"> {text.required}</span>}
                {!isRequired && isAnswer && <span className="dim"> {text.optional}</span>}
              </td>
              <td>
                {type}
                {where && <div className="dim">{where}</div>}
              </td>
              <td>
                <Marked text={schema.description} />
                <Limits schema={schema} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Limits({ schema: { enum: words, default: initial, minimum, maximum, maxLength } }: { schema: Schema }) {
  const text = useDocsWords();
  const limits = [
    minimum !== undefined && maximum !== undefined && text.from(String(minimum), String(maximum)),
    maxLength !== undefined && text.length(String(maxLength)),
    initial !== undefined && text.initial(typeof initial === 'string' ? initial : JSON.stringify(initial)),
  ].filter((one) => one !== false);
  return (
    <>
      {words && (
        <div className="words">
          {words.map((word) => (
            <code key={word}>{word}</code>
          ))}
        </div>
      )}
      {limits.length > 0 && <div className="dim">{limits.join(' · ')}</div>}
    </>
  );
}
