import { Alert, Descriptions, Space, Tag } from 'antd';
import { useQuery } from 'urql';
import { graphql } from '../../graphql.ts';
import { Failure } from '../../parts/failure.tsx';
import { At } from '../../parts/time.tsx';
import { useViewer } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { useSettingsWords } from './words.ts';

const factsDocument = graphql(`
  query GatewayFacts {
    gateway {
      version
      startedAt
      now
      timezone
      maxPageSize
      maxUploadBytes
      refusedCallbacks
      drivers {
        kind
        capabilities
      }
    }
    eventLog {
      retentionDays
    }
  }
`);

export function GatewayFacts() {
  const { gateway: text } = useSettingsWords();
  const common = useCommon();
  const { scope, accountIds, token } = useViewer();
  const [{ data, error }, again] = useQuery({ query: factsDocument });
  const gateway = data?.gateway;
  return (
    <Space orientation="vertical" size="large" style={{ width: '100%' }}>
      <Alert type="warning" showIcon title={text.terms} />
      <Failure error={error} again={again} />
      {gateway && (
        <>
          <Descriptions className="sheet" bordered size="small" column={{ xs: 1, md: 2 }}>
            <Descriptions.Item label={text.version}>{gateway.version}</Descriptions.Item>
            <Descriptions.Item label={text.signedInAs}>
              {[token?.name, common.scope[scope], accountIds?.join(', ') ?? text.everyAccount]
                .filter(Boolean)
                .join(' · ')}
            </Descriptions.Item>
            <Descriptions.Item label={text.started}>
              <At at={gateway.startedAt} />
            </Descriptions.Item>
            <Descriptions.Item label={text.clock}>
              <At at={gateway.now} />
            </Descriptions.Item>
            <Descriptions.Item label={text.timezone}>{gateway.timezone}</Descriptions.Item>
            <Descriptions.Item label={text.retention}>
              {data.eventLog && text.retentionDays(data.eventLog.retentionDays)}
            </Descriptions.Item>
            <Descriptions.Item label={text.pageSize}>{gateway.maxPageSize}</Descriptions.Item>
            <Descriptions.Item label={text.upload}>{`${gateway.maxUploadBytes / 1024 / 1024} MiB`}</Descriptions.Item>
            <Descriptions.Item label={text.refused} span="filled">
              {gateway.refusedCallbacks}
              {gateway.refusedCallbacks > 0 && <div className="dim">{text.refusedHelp}</div>}
            </Descriptions.Item>
          </Descriptions>
          <Descriptions className="sheet" bordered size="small" column={1} title={text.drivers}>
            {gateway.drivers.map(({ kind, capabilities }) => (
              <Descriptions.Item key={kind} label={common.driver[kind]}>
                <Space wrap size={4}>
                  {capabilities.map((one) => (
                    <Tag key={one} className="tone tone-quiet">
                      {one}
                    </Tag>
                  ))}
                </Space>
              </Descriptions.Item>
            ))}
          </Descriptions>
        </>
      )}
    </Space>
  );
}
