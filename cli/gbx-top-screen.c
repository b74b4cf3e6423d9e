/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"
/* For its functions with wide characters. */
#define NCURSES_WIDECHAR 1

#include "config.h"

#include "gbx-top-screen.h"

#include <curses.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

/* Above the rows: summary, an empty line and the heading.  Below them: the keys. */
#define LINES_ABOVE 3
#define LINES_BELOW 1
/* The key that begins the codes of others is not waited for long. */
#define ESCAPE_MS 50

struct _GbxTopScreen
{
  GbxTopSource *source;
  GMainLoop *loop;
  SCREEN *terminal;
  guint input, resize, interrupt, terminate, hang_up; /* sources */

  GbxTopColumn column;
  gboolean reverse;
  char *selected; /* (nullable): a sandbox's name */
  guint first;    /* the row at the top */
  char *question; /* (nullable): the sandbox that may be stopped */
  char *message;  /* (nullable) */
  gboolean help;
};

/* --------------------------------------------------------------- drawing -- */

static int
find_selected (GbxTopScreen *self, GPtrArray *rows)
{
  for (guint i = 0; self->selected && i < rows->len; i++)
    if (g_str_equal (((GbxTopRow *) rows->pdata[i])->name, self->selected))
      return i;
  return -1;
}

static void
select_row (GbxTopScreen *self, GPtrArray *rows, int at)
{
  g_clear_pointer (&self->selected, g_free);
  if (rows->len > 0)
    self->selected
        = g_strdup (((GbxTopRow *) rows->pdata[CLAMP (at, 0, (int) rows->len - 1)])->name);
}

static guint
count_visible (void)
{
  return MAX (LINES - LINES_ABOVE - LINES_BELOW, 1);
}

/* The selected row is always in sight. */
static void
scroll_to (GbxTopScreen *self, guint at, guint n)
{
  guint visible = count_visible ();

  if (at < self->first)
    self->first = at;
  if (at >= self->first + visible)
    self->first = at - visible + 1;
  if (self->first + visible > n)
    self->first = n > visible ? n - visible : 0;
}

/* Without the last cell of the last line, which some terminals would scroll for. */
static void
draw_line (int y, const char *text, attr_t style)
{
  g_autofree char *cut = gbx_top_cut (text, MAX (COLS - 1, 0));

  attrset (style);
  if (style & A_REVERSE)
    mvhline (y, 0, ' ' | style, COLS);
  mvaddstr (y, 0, cut);
  attrset (A_NORMAL);
}

static void
draw_rows (GbxTopScreen *self, GPtrArray *rows)
{
  GbxTopLayout layout = gbx_top_layout (rows, MAX (COLS - 1, 1));
  g_autofree char *heading = gbx_top_heading (&layout);
  int selected = find_selected (self, rows);

  scroll_to (self, MAX (selected, 0), rows->len);
  draw_line (LINES_ABOVE - 1, heading, A_BOLD | A_UNDERLINE);
  for (guint i = 0; i < count_visible () && self->first + i < rows->len; i++)
    {
      g_autofree char *line = gbx_top_line (&layout, rows->pdata[self->first + i]);

      draw_line (LINES_ABOVE + i, line,
                 (int) (self->first + i) == selected ? A_REVERSE : A_NORMAL);
    }
  if (rows->len == 0)
    draw_line (LINES_ABOVE, _ ("No sandbox is running."), A_NORMAL);
}

static void
draw_foot (GbxTopScreen *self)
{
  g_autofree char *question
      = self->question ? g_strdup_printf (_ ("Stop “%s”? (y/n)"), self->question) : NULL;
  const char *text = question        ? question
                     : self->message ? self->message
                                     : _ ("q quit  h help  ↑ ↓ select  k stop  p pause  < > sort  "
                                          "r reverse");

  draw_line (LINES - 1, text, A_NORMAL);
}

static void
draw_help (void)
{
  static const char *const help[] = {
    N_ ("↑ ↓ PgUp PgDn Home End   select a sandbox"),
    N_ ("k   stop it: its application is asked to close"),
    N_ ("p   pause it, or let it go on"),
    N_ ("< > sort by the column on the left or on the right"),
    N_ ("c m d w t n   sort by processor, memory, disk, network, time or name"),
    N_ ("r   the other way round"),
    N_ ("q   quit"),
    "",
    N_ ("CPU% is of one processor. READ, WRITE, IN and OUT are bytes a second."),
    N_ ("A number with “?” is the word of the guest, which may lie."),
    "",
    N_ ("Any key goes back."),
  };

  for (guint i = 0; i < G_N_ELEMENTS (help) && (int) i < LINES; i++)
    draw_line (i, *help[i] ? _ (help[i]) : "", A_NORMAL);
}

/* curses writes to the terminal only what has changed. */
void
gbx_top_screen_draw (GbxTopScreen *self)
{
  g_autoptr (GPtrArray) rows = gbx_top_source_get_rows (self->source);
  g_autofree char *summary = gbx_top_summary (rows);
  g_autofree char *first = NULL;

  gbx_top_sort (rows, self->column, self->reverse);
  if (find_selected (self, rows) < 0)
    select_row (self, rows, self->first);
  erase ();
  if (self->help)
    draw_help ();
  else
    {
      first = g_strdup_printf (_ ("%s; sorted by %s"), summary,
                               gbx_top_column_title (self->column));
      draw_line (0, first, A_NORMAL);
      draw_rows (self, rows);
      draw_foot (self);
    }
  refresh ();
}

void
gbx_top_screen_tell (GbxTopScreen *self, const char *text)
{
  g_free (self->message);
  self->message = g_strdup (text);
  for (char *at = self->message; at && *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  gbx_top_screen_draw (self);
}

/* ------------------------------------------------------------------ keys -- */

static void
move_selection (GbxTopScreen *self, int by)
{
  g_autoptr (GPtrArray) rows = gbx_top_source_get_rows (self->source);

  gbx_top_sort (rows, self->column, self->reverse);
  select_row (self, rows, MAX (find_selected (self, rows), 0) + by);
}

static void
sort_by (GbxTopScreen *self, int column)
{
  self->column = CLAMP (column, 0, GBX_TOP_N_COLUMNS - 1);
  self->reverse = FALSE;
  self->first = 0;
}

static void
answer (GbxTopScreen *self, gboolean yes)
{
  g_autofree char *name = g_steal_pointer (&self->question);

  if (yes)
    gbx_top_source_stop (self->source, name);
}

static gboolean
move_by_key (GbxTopScreen *self, int key)
{
  static const struct
  {
    int key;
    int rows;
  } moves[] = {
    { KEY_UP, -1 }, { KEY_DOWN, 1 }, { KEY_HOME, -100000 }, { KEY_END, 100000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (moves[i].key == key)
      {
        move_selection (self, moves[i].rows);
        return TRUE;
      }
  if (key == KEY_PPAGE || key == KEY_NPAGE)
    move_selection (self, key == KEY_PPAGE ? -(int) count_visible () : (int) count_visible ());
  return key == KEY_PPAGE || key == KEY_NPAGE;
}

static gboolean
sort_by_key (GbxTopScreen *self, int key)
{
  static const struct
  {
    int key;
    GbxTopColumn column;
  } keys[] = {
    { 'c', GBX_TOP_CPU },      { 'm', GBX_TOP_MEMORY }, { 'd', GBX_TOP_READ },
    { 'w', GBX_TOP_RECEIVED }, { 't', GBX_TOP_TIME },   { 'n', GBX_TOP_NAME },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == key)
      {
        sort_by (self, keys[i].column);
        return TRUE;
      }
  if (key == '<' || key == '>')
    sort_by (self, (int) self->column + (key == '>' ? 1 : -1));
  return key == '<' || key == '>';
}

static void
act (GbxTopScreen *self, int key)
{
  if (key == 'q')
    g_main_loop_quit (self->loop);
  else if (key == 'k' && self->selected)
    self->question = g_strdup (self->selected);
  else if (key == 'p' && self->selected)
    gbx_top_source_pause (self->source, self->selected);
  else if (key == 'r')
    self->reverse = !self->reverse;
  else if (key == 'h' || key == '?')
    self->help = TRUE;
}

static void
take_key (GbxTopScreen *self, int key)
{
  g_clear_pointer (&self->message, g_free);
  if (self->help)
    self->help = FALSE;
  else if (self->question)
    answer (self, key == 'y' || key == 'Y');
  else if (!move_by_key (self, key) && !sort_by_key (self, key))
    act (self, key);
}

/* A terminal that is gone has no keys any more. */
static gboolean
on_input (int fd, GIOCondition condition, gpointer user_data)
{
  GbxTopScreen *self = user_data;
  int key = getch ();

  if (key == ERR)
    {
      if (condition & (G_IO_HUP | G_IO_ERR))
        g_main_loop_quit (self->loop);
      return (condition & (G_IO_HUP | G_IO_ERR)) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
    }
  for (; key != ERR; key = getch ())
    if (key != KEY_RESIZE) /* which resizeterm() leaves among the keys */
      take_key (self, key);
  gbx_top_screen_draw (self);
  return G_SOURCE_CONTINUE;
}

/* --------------------------------------------------------------- terminal -- */

static gboolean
on_resize (gpointer user_data)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
    resizeterm (size.ws_row, size.ws_col);
  clearok (curscr, TRUE);
  gbx_top_screen_draw (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (((GbxTopScreen *) user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static void
prepare_terminal (void)
{
  cbreak ();
  noecho ();
  keypad (stdscr, TRUE);
  nodelay (stdscr, TRUE);
  set_escdelay (ESCAPE_MS);
  curs_set (0);
}

GbxTopScreen *
gbx_top_screen_new (GbxTopSource *source, GMainLoop *loop)
{
  SCREEN *terminal = newterm (NULL, stdout, stdin);
  GbxTopScreen *self;

  if (!terminal)
    return NULL;
  if (!cursor_address) /* a terminal that can only append */
    {
      endwin ();
      delscreen (terminal);
      return NULL;
    }
  self = g_new0 (GbxTopScreen, 1);
  self->source = source;
  self->loop = loop;
  self->terminal = terminal;
  self->column = GBX_TOP_CPU;
  prepare_terminal ();
  self->input = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, self);
  self->resize = g_unix_signal_add (SIGWINCH, on_resize, self);
  self->interrupt = g_unix_signal_add (SIGINT, on_quit, self);
  self->terminate = g_unix_signal_add (SIGTERM, on_quit, self);
  self->hang_up = g_unix_signal_add (SIGHUP, on_quit, self);
  gbx_top_screen_draw (self);
  return self;
}

void
gbx_top_screen_free (GbxTopScreen *self)
{
  g_source_remove (self->resize);
  g_source_remove (self->interrupt);
  g_source_remove (self->terminate);
  g_source_remove (self->hang_up);
  if (g_main_context_find_source_by_id (NULL, self->input))
    g_source_remove (self->input);
  endwin ();
  delscreen (self->terminal);
  g_free (self->selected);
  g_free (self->question);
  g_free (self->message);
  g_free (self);
}
