/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-difference-text"
#include "config.h"

#include "gbx-difference-text.h"

#include "gbx-text-difference.h"

#include <glib/gi18n.h>

/* Laid over the theme's own background, so that its text stays readable. */
static const struct
{
  const char *sign, *background;
} looks[] = {
  [GBX_TEXT_DIFFERENCE_SAME] = { "  ", "rgba(0,0,0,0)" },
  [GBX_TEXT_DIFFERENCE_REMOVED] = { "− ", "rgba(224,27,36,0.22)" },
  [GBX_TEXT_DIFFERENCE_ADDED] = { "+ ", "rgba(38,162,105,0.28)" },
  [GBX_TEXT_DIFFERENCE_GAP] = { "", "rgba(128,128,128,0.15)" },
};

static void
add_line (GtkTextBuffer *buffer, GtkTextTag *const *tags, GbxTextDifferenceLine *line)
{
  g_autofree char *text = g_strconcat (looks[line->kind].sign, line->text, "\n", NULL);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags (buffer, &end, text, -1, tags[line->kind], NULL);
}

void
gbx_difference_text_show (GtkTextBuffer *buffer, GPtrArray *lines)
{
  GtkTextTag *tags[G_N_ELEMENTS (looks)];

  gtk_text_buffer_set_text (buffer, "", 0);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    tags[i] = gtk_text_buffer_create_tag (buffer, NULL, "paragraph-background",
                                          looks[i].background, NULL);
  for (guint i = 0; i < lines->len; i++)
    add_line (buffer, tags, lines->pdata[i]);
  if (lines->len == 0)
    gtk_text_buffer_set_text (buffer, _ ("The text is the same."), -1);
}
