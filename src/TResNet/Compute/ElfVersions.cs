using System.Runtime.InteropServices;
using System.Text;

namespace TResNet.Compute;

/// <summary>The symbol versions that a shared library asks of others (<c>.gnu.version_r</c>: Linux Standard Base, section 10.7.3).</summary>
internal static class ElfVersions
{
    private const uint NeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort WeakFlag = 2; // VER_FLG_WEAK
    private const int SectionsAt = 0x28;
    private const int SectionSizeAt = 0x3A;
    private const int SectionCountAt = 0x3C;

    /// <summary>Makes a version that is needed a weak one, so that a library which lacks it still serves.</summary>
    /// <param name="library">The bytes of a 64-bit little-endian shared library; changed in place.</param>
    /// <param name="version">Such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>Whether it is asked for.</returns>
    public static bool Weaken(Span<byte> library, string version)
    {
        var found = false;
        var sections = Read<long>(library, SectionsAt);
        int size = Read<ushort>(library, SectionSizeAt);
        int count = Read<ushort>(library, SectionCountAt);
        for (var i = 0; i < count; i++)
        {
            var section = sections + ((long)i * size);
            if (Read<uint>(library, section + 0x04) == NeedSection)
            {
                var names = Read<long>(library, sections + (Read<uint>(library, section + 0x28) * size) + 0x18);
                found |= WeakenIn(library, Read<long>(library, section + 0x18), names, version);
            }
        }

        return found;
    }

    private static bool WeakenIn(Span<byte> library, long need, long names, string version)
    {
        var found = false;
        uint next;
        do
        {
            var entry = need + Read<uint>(library, need + 0x08);
            uint nextEntry;
            do
            {
                var name = library[(int)(names + Read<uint>(library, entry + 0x08))..];
                if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == version)
                {
                    var flags = (ushort)(Read<ushort>(library, entry + 0x04) | WeakFlag);
                    MemoryMarshal.Write(library[(int)(entry + 0x04)..], in flags);
                    found = true;
                }

                nextEntry = Read<uint>(library, entry + 0x0C);
                entry += nextEntry;
            } while (nextEntry != 0);

            next = Read<uint>(library, need + 0x0C);
            need += next;
        } while (next != 0);

        return found;
    }

    private static T Read<T>(ReadOnlySpan<byte> bytes, long at)
        where T : unmanaged => MemoryMarshal.Read<T>(bytes[(int)at..]);
}
