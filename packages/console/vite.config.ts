import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The control plane that `npm run dev` talks to; the built console is served by control itself. */
const controlUrl = process.env['RATCHET_URL'] ?? 'http://127.0.0.1:4700'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Data URLs would need `img-src data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: controlUrl, changeOrigin: false } } },
})
