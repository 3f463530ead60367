import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeApp } from './app/make-app.tsx'
import './styles.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with id "root"; the build is incomplete.')
const { App } = makeApp({ baseUrl: '' })
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
