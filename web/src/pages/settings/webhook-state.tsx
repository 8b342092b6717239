import { Tag, Tooltip } from 'antd';
import type { WebhookRow } from './webhook.ts';
import { useWebhooksWords } from './webhooks-words.ts';

export function WebhookState({ webhook: { enabled, failing, lastError } }: { webhook: WebhookRow }) {
  const text = useWebhooksWords();
  const [tone, word] = !enabled ? ['quiet', text.off] : failing ? ['bad', text.failing] : ['good', text.ok];
  const tag = (
    <Tag className={`tone tone-${tone}`} tabIndex={lastError ? 0 : undefined}>
      {word}
    </Tag>
  );
  return lastError && failing ? <Tooltip title={lastError}>{tag}</Tooltip> : tag;
}
