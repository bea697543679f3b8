import tseslint from 'typescript-eslint';
import hooks from 'eslint-plugin-react-hooks';

// shared (ui, api, i18n) -> slices (care, platform, command, viewers) -> app: imports go one way only.
const layer = (file) => {
  const top = file.split('/src/')[1]?.split('/')[0];
  if (top === 'ui' || top === 'api' || top === 'i18n') return 0;
  return top === 'app' || top === 'main.tsx' ? 2 : 1;
};
const direction = {
  create: (context) => {
    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const target = new URL(source, `file://${context.filename}`).pathname;
      if (target.includes('/src/') && layer(target) > layer(context.filename)) {
        context.report({ node, message: `${source} lies in a later layer: shared -> slices -> app goes one way` });
      }
    };
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

export default [
  { ignores: ['dist', 'src/api/schema.d.ts'] },
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@typescript-eslint': tseslint.plugin, hooks, consilium: { rules: { direction } } },
    rules: {
      'consilium/direction': 'error',
      'hooks/rules-of-hooks': 'error',
      'hooks/exhaustive-deps': 'warn',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': 'error',
      'no-restricted-imports': ['error', { paths: [{ name: 'moment' }] }],
    },
  },
];
