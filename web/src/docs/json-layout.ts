/** A piece of JSON: a text, a sign of its structure, or a number or word. */
const piece = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** JSON laid out to be read, every number with the digits that came: none goes through a JavaScript number. Null for what is no JSON. */
export function layOut(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let depth = 0;
  let out = '';
  let before = '';
  for (const [token] of text.matchAll(piece)) {
    if (token === '}' || token === ']') {
      depth -= 1;
      if (before !== '{' && before !== '[') out += line(depth);
    } else if (before === '{' || before === '[') out += line(depth);
    out += token;
    if (token === '{' || token === '[') depth += 1;
    else if (token === ',') out += line(depth);
    else if (token === ':') out += ' ';
    before = token;
  }
  return out;
}

function line(depth: number): string {
  return `\n${'  '.repeat(depth)}`;
}
