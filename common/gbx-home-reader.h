/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* An exported home is a tar file, compressed by zstd, with these three files. */
#define GBX_HOME_ARCHIVE_FIRST "glovebox-home"
#define GBX_HOME_ARCHIVE_MARK "Glovebox home 1\n"
#define GBX_HOME_ARCHIVE_IMAGE "disk.img"
#define GBX_HOME_ARCHIVE_LAST "end"

/* The exit statuses of glovebox-home-reader, which the library turns into sentences. */
typedef enum
{
  GBX_HOME_READER_DONE = 0,
  GBX_HOME_READER_USAGE = 2,
  GBX_HOME_READER_NOT_CONFINED = 10, /* the kernel lacks a filter for system calls */
  GBX_HOME_READER_DAMAGED,
  GBX_HOME_READER_UNCLEAN,    /* the last changes are in the journal only */
  GBX_HOME_READER_NOT_FOUND,
  GBX_HOME_READER_FOLDER,
  GBX_HOME_READER_SPECIAL,    /* no file with contents */
  GBX_HOME_READER_OUTSIDE,    /* a link leads out of the home */
  GBX_HOME_READER_TOO_LARGE,
  GBX_HOME_READER_NO_SPACE,
  GBX_HOME_READER_NOT_WRITTEN,
  GBX_HOME_READER_FOREIGN,    /* not an export of a home */
  GBX_HOME_READER_TRUNCATED,
} GbxHomeReaderStatus;
