import { describe, expect, test } from 'vitest';
import { voiceLength } from '../src/media-store/voice-length.ts';

const silk = (frames: number, end: readonly number[] = []): Buffer =>
  Buffer.concat([
    Buffer.from('#!SILK_V3'),
    ...Array.from({ length: frames }, () => Buffer.of(3, 0, 1, 2, 3)),
    Buffer.from(end),
  ]);

describe('a SILK voice', () => {
  test('is as long as its frames, with WeChat’s byte before and with the end of other programs', () => {
    expect(voiceLength(silk(50), 'audio/silk')).toBe(1000);
    expect(voiceLength(Buffer.concat([Buffer.of(2), silk(3)]), 'audio/silk')).toBe(60);
    expect(voiceLength(silk(3, [0xff, 0xff]), 'audio/silk')).toBe(60);
  });

  test('that breaks off has no length', () => {
    expect(voiceLength(silk(3).subarray(0, -1), 'audio/silk')).toBeNull();
    expect(voiceLength(silk(3, [9]), 'audio/silk')).toBeNull();
  });
});

describe('an AMR voice', () => {
  const amr = (...frames: readonly number[]): Buffer =>
    Buffer.concat([
      Buffer.from('#!AMR\n'),
      ...frames.map((type) =>
        Buffer.concat([Buffer.of(type << 3), Buffer.alloc([12, 13, 15, 17, 19, 20, 26, 31, 5][type] ?? 0)]),
      ),
    ]);

  test('is as long as its frames, of any rate', () => {
    expect(voiceLength(amr(0, 1, 2, 3, 4, 5, 6, 7, 8, 15), 'audio/amr')).toBe(200);
  });

  test('with frames that there are not, or that breaks off, has no length', () => {
    expect(voiceLength(amr(7, 9), 'audio/amr')).toBeNull();
    expect(voiceLength(amr(7).subarray(0, -1), 'audio/amr')).toBeNull();
  });
});

test('what is neither has no length', () => {
  expect(voiceLength(Buffer.from('OggS'), 'audio/ogg')).toBeNull();
});
