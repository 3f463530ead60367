// Runs before the first paint. Without a stored choice the page follows the system (color-scheme in CSS).
try {
  const choice = localStorage.getItem('ratchet-theme')
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice
} catch {
  // Storage can be forbidden (private windows, embedded pages); the system theme is then right.
}
