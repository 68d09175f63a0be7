-- A session of Neovim, for neovim.test.ts: nvim --headless -u NONE -S neovim.lua
-- What it has seen is written as JSON into the file that SEEN names.
local folder, other = vim.env.FOLDER, vim.env.OTHER
local seen = {}

--- Waits until the editor shows something, and says what it shows.
local function until_shown(buffer, is_meant)
  local codes
  vim.wait(20000, function()
    codes = vim.tbl_map(function(shown) return shown.code end, vim.diagnostic.get(buffer))
    table.sort(codes)
    return is_meant(codes)
  end, 20)
  return codes
end

local function has(code)
  return function(codes) return vim.tbl_contains(codes, code) end
end

local function lacks(code)
  return function(codes) return not vim.tbl_contains(codes, code) end
end

local function folder_at(path)
  return { uri = vim.uri_from_fname(path), name = path }
end

local client = vim.lsp.start_client({
  name = 'sql-lint',
  cmd = { vim.env.NODE, vim.env.COMMAND, 'lsp' },
  root_dir = folder,
  workspace_folders = { folder_at(folder), folder_at(other) },
  handlers = {
    ['window/showMessage'] = function(_, result) seen.said = result.message end,
  },
})

local function open(path)
  vim.cmd('edit ' .. path)
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client)
  return buffer
end

local function ask(buffer, method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  return answers and answers[client] and answers[client].result
end

vim.o.hidden = true
local first = open(folder .. '/migrations/001_notes.sql')
local second = open(folder .. '/migrations/002_body.sql')
local third = open(other .. '/migrations/001_other.sql')
seen.opened = until_shown(second, has('no-bare-drop'))
seen.other = until_shown(third, has('no-bare-create'))

-- What is typed and not saved counts for the file behind it.
local line = vim.api.nvim_buf_get_lines(first, 0, 1, true)[1]
local at = line:find('body', 1, true) - 1
vim.api.nvim_buf_set_text(first, 0, at, 0, at + 4, { 'title' })
seen.typed = until_shown(second, has('no-unknown-name'))
vim.api.nvim_buf_set_text(first, 0, at, 0, at + 5, { 'body' })
seen.taken_back = until_shown(second, lacks('no-unknown-name'))

-- Where the table is made, and what the statement does.
vim.cmd('buffer ' .. second)
vim.api.nvim_win_set_cursor(0, { 1, 12 })
local position = vim.lsp.util.make_position_params(0, 'utf-16')
local made = ask(second, 'textDocument/definition', position)
seen.definition = made and made[1] and vim.fn.fnamemodify(vim.uri_to_fname(made[1].uri), ':t')
local hover = ask(second, 'textDocument/hover', position)
seen.hover = hover and hover.contents.value

-- Fix all, as it is done when a file is saved; and each action, with the text put back.
vim.cmd('buffer ' .. third)
local before = vim.api.nvim_buf_get_lines(third, 0, -1, true)
local range = vim.lsp.util.make_given_range_params({ 1, 0 }, { #before, 0 }, third, 'utf-16')
seen.actions = 0
local function actions(only)
  range.context = { diagnostics = {}, only = only }
  return ask(third, 'textDocument/codeAction', range) or {}
end
local function apply(action)
  if not action.edit then action = ask(third, 'codeAction/resolve', action) end
  vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16')
end
for k = 1, #actions() do
  local action = actions()[k]
  if not action.command then
    apply(action)
    if not vim.deep_equal(before, vim.api.nvim_buf_get_lines(third, 0, -1, true)) then seen.actions = seen.actions + 1 end
    vim.api.nvim_buf_set_lines(third, 0, -1, true, before)
  end
end
apply(actions({ 'source.fixAll' })[1])
seen.fixed = table.concat(vim.api.nvim_buf_get_lines(third, 0, -1, true), '\n')
seen.left = until_shown(third, lacks('no-bare-create'))

-- A request that is not waited for.
local _, cancel = vim.lsp.buf_request(second, 'textDocument/hover', position, function() end)
cancel()

-- A configuration that is written; the editor tells of files that it saves.
vim.fn.writefile({ '{ "rules": { "no-bare-drop": "off" } }' }, folder .. '/sql-lint.config.json')
vim.cmd('buffer ' .. first)
vim.cmd('write!')
seen.configured = until_shown(second, lacks('no-bare-drop'))

vim.lsp.stop_client(client)
seen.ended = vim.wait(10000, function() return vim.lsp.client_is_stopped(client) end, 20)
vim.fn.writefile({ vim.fn.json_encode(seen) }, vim.env.SEEN)
vim.cmd('qall!')
