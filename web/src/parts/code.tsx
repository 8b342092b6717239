import { Typography } from 'antd';

/** What a reader copies into a shell, an editor or a program. */
export function Code({ text }: { text: string }) {
  return (
    <Typography.Paragraph copyable={{ text }}>
      <pre className="pre" tabIndex={0}>
        {text}
      </pre>
    </Typography.Paragraph>
  );
}
