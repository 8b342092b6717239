import { InboxOutlined } from '@ant-design/icons';
import { Alert, Form, Input, Segmented, Upload } from 'antd';
import { useSay } from '../../parts/say.tsx';
import { useViewer } from '../../parts/viewer.ts';
import type { Change, Draft, Kind } from './draft.ts';
import { useSendWords } from './words.ts';

const accepted: Partial<Record<Kind, string>> = { IMAGE: 'image/*', VIDEO: 'video/*' };

/** A picture, file, video or voice message: brought to the gateway from here, or fetched by it. */
export function MediaForm({ draft, change }: { draft: Draft; change: Change }) {
  const text = useSendWords();
  const say = useSay();
  const { maxUploadBytes } = useViewer().gateway;
  const megabytes = Math.floor(maxUploadBytes / 1024 / 1024);
  const failed = draft.files.find(({ status }) => status === 'error');
  return (
    <>
      <Form.Item>
        <Segmented
          aria-label={text.content}
          value={draft.mediaFrom}
          options={(['upload', 'url'] as const).map((value) => ({ value, label: text[value] }))}
          onChange={(mediaFrom) => change({ mediaFrom })}
        />
      </Form.Item>
      <Form.Item extra={draft.kind === 'VOICE' ? text.voiceHelp : undefined}>
        {draft.mediaFrom === 'url' ? (
          <Input
            type="url"
            aria-label={text.url}
            placeholder={text.urlHint}
            value={draft.url}
            onChange={({ target }) => change({ url: target.value })}
          />
        ) : (
          <Upload.Dragger
            name="file"
            action="/media"
            accept={accepted[draft.kind]}
            maxCount={1}
            listType="picture"
            fileList={draft.files}
            onChange={({ fileList }) => change({ files: fileList })}
            beforeUpload={({ size }) => {
              if (size <= maxUploadBytes) return true;
              void say.error(text.tooLarge(megabytes), 6);
              return Upload.LIST_IGNORE;
            }}
          >
            <InboxOutlined style={{ fontSize: 28 }} />
            <div>{text.drop}</div>
            <div className="dim">{text.maxSize(megabytes)}</div>
          </Upload.Dragger>
        )}
        {draft.mediaFrom === 'upload' && failed && (
          <Alert type="error" showIcon role="alert" title={failed.response?.error ?? text.uploadFailed} />
        )}
      </Form.Item>
    </>
  );
}
