/** The pages, in the menu's order; each is loaded when it is first shown. */
import {
  ApiOutlined,
  BarChartOutlined,
  ContactsOutlined,
  InboxOutlined,
  ProfileOutlined,
  SendOutlined,
  SettingOutlined,
  TagsOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { type ComponentType, type ReactNode, lazy } from 'react';
import type { useCommon } from '../words/common.ts';

export type PageName = keyof ReturnType<typeof useCommon>['pages'];
type Page = { name: PageName; icon: ReactNode; Page: ComponentType };

const page = (name: PageName, icon: ReactNode, load: () => Promise<{ default: ComponentType }>): Page => ({
  name,
  icon,
  Page: lazy(load),
});

export const pages: readonly Page[] = [
  page('accounts', <UserOutlined />, () => import('./accounts/accounts-page.tsx')),
  page('groups', <TagsOutlined />, () => import('./groups/groups-page.tsx')),
  page('send', <SendOutlined />, () => import('./send/send-page.tsx')),
  page('inbox', <InboxOutlined />, () => import('./inbox/inbox-page.tsx')),
  page('contacts', <ContactsOutlined />, () => import('./contacts/contacts-page.tsx')),
  page('records', <ProfileOutlined />, () => import('./records/records-page.tsx')),
  page('statistics', <BarChartOutlined />, () => import('./statistics/statistics-page.tsx')),
  page('api', <ApiOutlined />, () => import('./api/api-page.tsx')),
  page('settings', <SettingOutlined />, () => import('./settings/settings-page.tsx')),
];
