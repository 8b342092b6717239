import type { MessageContent } from '../../words.ts';

/** Stands for the content of a message that is its text and nothing else. Nearly all are, and the text is not kept twice. */
const isText = '';

/** The content of a message as its row keeps it. */
export function packContent(content: MessageContent, text: string): string {
  return content.type === 'Text' && content.text === text ? isText : JSON.stringify(content);
}

/** The content of a message from its row. */
export function contentOf(row: { content: string; text: string }): MessageContent {
  return row.content === isText ? { type: 'Text', text: row.text } : (JSON.parse(row.content) as MessageContent);
}
