using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Charts.Tests;

public sealed class LabelPlacerTests
{
    private static readonly Box Area = new(0, 0, 700, 400);

    [Fact]
    public void A_mark_alone_has_its_name_above() =>
        Assert.Equal(["top center"], LabelPlacer.Place([new NamedMark(300, 200, 5, "resnet50")], Area));

    [Fact]
    public void A_name_stays_in_the_area() =>
        Assert.Equal(
            ["bottom center", "top left", "bottom right"],
            LabelPlacer.Place(
                [
                    new NamedMark(300, 5, 5, "at the top"),
                    new NamedMark(695, 395, 5, "in the lower right"),
                    new NamedMark(5, 5, 5, "in the upper left"),
                ],
                Area
            )
        );

    [Fact]
    public void Neighbours_give_way_to_each_other()
    {
        var marks = Enumerable.Range(0, 6).Select(i => new NamedMark(300 + 18 * i, 200, 6, "a long name")).ToArray();

        var places = LabelPlacer.Place(marks, Area);

        Assert.DoesNotContain("middle right", places.SkipLast(1));
        Assert.DoesNotContain("middle left", places.Skip(1));
        Assert.InRange(places.Count(place => place is not null), 4, 6);
    }

    [Fact]
    public void A_chief_name_stands_even_in_a_crowd()
    {
        NamedMark[] crowd =
        [
            .. Enumerable.Range(0, 100).Select(i => new NamedMark(300 + i % 10 * 8, 200 + i / 10 * 8, 4, "name")),
            new NamedMark(336, 236, 4, "tresnet_m", IsChief: true),
        ];

        Assert.NotNull(LabelPlacer.Place(crowd, Area)[^1]);
        Assert.Null(LabelPlacer.Place([.. crowd.SkipLast(1), crowd[^1] with { IsChief = false }], Area)[^1]);
    }

    [Fact]
    public void Where_there_is_no_room_a_mark_goes_without_its_name()
    {
        var marks = Enumerable
            .Range(0, 100)
            .Select(i => new NamedMark(300 + i % 10, 200 + i / 10, 4, "name"))
            .ToArray();

        var places = LabelPlacer.Place(marks, Area);

        Assert.InRange(places.Count(place => place is not null), 0, 8);
    }
}
