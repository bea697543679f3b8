// Colours: light for work, dark for rooms with images. Red stays scarce: it means emergency or overdue.
import type { ThemeConfig } from 'antd';
import { theme } from 'antd';

// No motion: on an old ward PC a step must be done when it looks done.
const motion = false;
// The compact algorithm takes four pixels off: 32 at a desk, 44 under a thumb.
const DESK = 36;
const PHONE = 48;
/** In styles.css, because it differs by language. */
const font = 'var(--font)';

const light: ThemeConfig = {
  zeroRuntime: true,
  algorithm: [theme.compactAlgorithm],
  token: {
    colorPrimary: '#0b5cad', colorInfo: '#0b5cad', colorError: '#b3261e', colorWarning: '#b45f06', colorSuccess: '#00735c',
    colorText: '#17212b', colorTextSecondary: '#4a5866', colorTextTertiary: '#5a6875', colorTextPlaceholder: '#66727e', colorTextDescription: '#5a6875',
    colorErrorBg: '#fdecea', colorErrorBorder: '#e8a39d', colorWarningBg: '#fff4e0', colorWarningBorder: '#f0cf95', colorInfoBg: '#e8f1fb', colorInfoBorder: '#b9d3ee', colorSuccessBg: '#e3f4ef', colorSuccessBorder: '#a7d8ca',
    motion, borderRadius: 6, fontSize: 14, fontFamily: font, colorBgLayout: '#f3f5f8', controlHeight: DESK,
  },
};

const dark: ThemeConfig = {
  zeroRuntime: true,
  algorithm: [theme.darkAlgorithm, theme.compactAlgorithm],
  token: {
    colorPrimary: '#4da3ff', colorInfo: '#4da3ff', colorError: '#ff7a59', colorSuccess: '#2bc4a0', colorWarning: '#f0b429',
    colorTextPlaceholder: '#9aa8b5', colorTextDescription: '#9aa8b5',
    motion, borderRadius: 6, fontSize: 14, fontFamily: font, colorBgBase: '#0b0f14', colorBgLayout: '#06090d', controlHeight: DESK,
  },
};

const forThumbs = (theme: ThemeConfig): ThemeConfig => ({ ...theme, token: { ...theme.token, controlHeight: PHONE, controlHeightLG: 48, controlHeightSM: 32 } });

/** The light of a page, at the size of the hand that uses it. */
export const themes = { light, dark, lightPhone: forThumbs(light), darkPhone: forThumbs(dark) };
