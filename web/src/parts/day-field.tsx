/** Days and moments to choose, in the language of the panel. A browser's own fields would be in the browser's. */
import { DatePicker, type DatePickerProps } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import type { FocusEvent } from 'react';

/**
 * Their names would hide the year and the month that stand on these buttons from who hears the page. The rest is the panel's: antd joins
 * them.
 */
const locale = { lang: { yearSelect: '', monthSelect: '' } } as NonNullable<DatePickerProps['locale']>;

type DayProps = {
  label: string;
  /** Such as `2026-11-22`; empty: none. */
  value: string;
  choose(value: string): void;
};

export function DayField({ label, value, choose }: DayProps) {
  return (
    <DatePicker
      locale={locale}
      aria-label={label}
      placeholder={label}
      value={read(value)}
      onChange={(day) => choose(day?.format('YYYY-MM-DD') ?? '')}
      onBlur={cleared(value, choose)}
      className="day-field"
    />
  );
}

type MomentProps = {
  id: string;
  /** Such as `2026-11-22T08:30`, by the reader's clock; empty: none. */
  value: string;
  choose(value: string): void;
};

export function MomentField({ id, value, choose }: MomentProps) {
  return (
    <DatePicker
      locale={locale}
      id={id}
      showTime={{ format: 'HH:mm' }}
      // The second one is for who pastes a time.
      format={['YYYY-MM-DD HH:mm', 'YYYY-MM-DDTHH:mm']}
      needConfirm={false}
      value={read(value)}
      // At once, and not when the calendar closes: what stands in the field is what holds.
      onCalendarChange={(moment) => choose(single(moment)?.format('YYYY-MM-DDTHH:mm') ?? '')}
      onChange={(moment) => choose(moment?.format('YYYY-MM-DDTHH:mm') ?? '')}
      onBlur={cleared(value, choose)}
      className="moment-field"
    />
  );
}

function single<Value>(value: Value | readonly Value[]): Value | undefined {
  return Array.isArray(value) ? (value[0] as Value) : (value as Value);
}

/** Who empties the field means none: antd itself would bring back what was there. */
function cleared(value: string, choose: (value: string) => void) {
  return ({ target }: FocusEvent<HTMLElement>): void => {
    if (value !== '' && target instanceof HTMLInputElement && target.value === '') choose('');
  };
}

/** An address may say anything. */
function read(value: string): dayjs.Dayjs | null {
  const moment = dayjs(value);
  return value !== '' && moment.isValid() ? moment : null;
}
