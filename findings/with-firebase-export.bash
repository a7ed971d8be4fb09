# Sourced by the findings about `firebase auth:export`, in their temporary folder.
# Gives: `install_exporter firebase-tools@VERSION`, and export.js, whose `exportUsers(users, format)` runs the
# exporter of that release against a local server which answers `users` as the Identity Toolkit API does, and
# returns the text of the file. The folder is removed when the finding ends.
# Needs: node 20 or later, npm.

install_exporter() {
  trap 'rm -rf "$PWD"' EXIT
  npm init -y >/dev/null
  npm install --silent --no-audit --no-fund --ignore-scripts "$1"
  cat >export.js <<'JS'
const { once } = require('node:events')
const fs = require('node:fs')
const http = require('node:http')

exports.exportUsers = async (users, format) => {
  const server = http.createServer((request, answer) => {
    answer.setHeader('content-type', 'application/json')
    answer.end(JSON.stringify({ users }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.FIREBASE_TOKEN_URL = `http://127.0.0.1:${server.address().port}`
  for (const name of Object.keys(require.cache)) delete require.cache[name]
  require('firebase-tools/lib/apiv2').setAccessToken('owner')
  const writeStream = fs.createWriteStream(`users.${format}`)
  await require('firebase-tools/lib/accountExporter').serialExportUsers('demo', { format, writeStream, batchSize: 9 })
  writeStream.end()
  await once(writeStream, 'close')
  server.close()
  server.closeAllConnections()
  const text = fs.readFileSync(`users.${format}`, 'utf8')
  return format === 'json' ? JSON.parse(`[${text}]`) : text
}
JS
}
