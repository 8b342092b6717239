import { Alert, Button, Modal, Typography } from 'antd';
import { useSettingsWords } from './words.ts';

/** A secret that is shown this once: it leaves with a click of whoever has kept it, and by nothing else. */
export function Secret({ title, secret, close }: { title: string; secret: string; close: () => void }) {
  const { tokens: text } = useSettingsWords();
  return (
    <Modal
      open
      title={title}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={close}>
          {text.understood}
        </Button>
      }
    >
      <Alert type="warning" showIcon title={text.once} style={{ marginBlockEnd: 12 }} />
      <Typography.Paragraph copyable code className="pre">
        {secret}
      </Typography.Paragraph>
    </Modal>
  );
}
